/**
 * A relative reference (RFC 3986, 4.2) from the path of a request to a path of the service, such as `deliveries/4cd4`. A
 * proxy may pass requests on under another path: `/ml/train` becomes `/train` here. The client resolves the reference
 * against the address that it asked for, so that the part that only the proxy knows stays in front.
 * @param from the path of the request, beginning with a slash
 * @param to a path of the service without its first slash, whose first segment has no colon
 */
export function relativeReference(from: string, to: string): string {
  const folders = from.split('/').length - 2;
  return '../'.repeat(Math.max(0, folders)) + to;
}
