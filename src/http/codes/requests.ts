import type { CodeRow } from './row.ts';

export const requests: readonly CodeRow[] = [
  ['malformed_http', 400, 'The bytes are not an HTTP/1.1 request.', 'Send HTTP/1.1.'],
  ['request_cut', 400, 'The request broke off before its end.', 'Send it again.'],
  [
    'tls_on_plain_port',
    400,
    'A client spoke TLS to the port, which speaks plain HTTP.',
    'Use `http://`, or the address of the proxy.',
  ],
  ['unknown_http_version', 400, 'The version is neither HTTP/1.0 nor HTTP/1.1.', 'Send HTTP/1.1.'],
  ['host_missing', 400, 'There is no `Host` header.', 'Send the name of the service in one.'],
  ['malformed_host', 400, 'The host is neither a name nor an address.', 'Correct it.'],
  ['malformed_target', 400, 'The target is neither a path nor an `http://` address.', 'Ask for a path.'],
  ['malformed_path', 400, 'The path has a `%` that does not encode a character.', 'Write `%25`.'],
  ['repeated_header', 400, 'A header that must be single is given more than once.', 'Send it once.'],
  ['unknown_transfer_coding', 400, '`Transfer-Encoding` is not `chunked`.', 'Send the body as it is.'],
  ['unknown_expectation', 417, '`Expect` is not `100-continue`.', 'Leave the header out.'],
  ['too_many_headers', 431, 'There are more than 100 headers.', 'Send fewer.'],
  ['headers_too_large', 431, 'The headers are too large.', 'Send fewer or shorter headers.'],
  ['chunk_extensions_too_large', 413, 'The extensions of a chunk are too large.', 'Leave them out.'],
  ['body_not_taken', 413, 'The route takes no body.', 'Send the request without one.'],
  [
    'request_timeout',
    408,
    'The head of the request did not arrive within `HEADERS_TIMEOUT_MS`.',
    'Send it again, over a faster line.',
  ],
  ['no_such_route', 404, 'No route has this path.', 'Use a path of [answers.md](answers.md).'],
  [
    'not_acceptable',
    406,
    'The route has no answer of a type in the `Accept` header.',
    'Accept a type of `allowed`: [answers.md](answers.md#other-forms).',
  ],
  ['method_not_allowed', 405, 'The route does not take this method.', 'Use a method of the `Allow` header.'],
  [
    'unknown_parameter',
    422,
    'The route does not read this name in the query string.',
    'Remove it, or send it as a field of the form.',
  ],
  [
    'wrong_parameter',
    422,
    'A parameter of the query string has a wrong value, or is given twice.',
    'Use a value in `allowed`, or do what the `detail` says.',
  ],
  ['unknown_check', 422, '`exclude` names a check that does not exist.', 'Use a name of `allowed`.'],
  ['invalid_state', 422, '`state` is not a state of a delivery.', 'Use `pending`, `delivered` or `dead`.'],
  [
    'invalid_idempotency_key',
    400,
    'The key is not one value of 1 to 255 printable ASCII characters.',
    'Use a UUID, for example.',
  ],
  [
    'idempotency_key_in_use',
    409,
    'A request with this key is under way.',
    'Retry after `Retry-After`, for its answer.',
  ],
  [
    'idempotency_key_reused',
    422,
    'The key was used for other files or other fields.',
    'Give each training a key of its own.',
  ],
  [
    'internal_error',
    500,
    'Something went wrong in trainpost.',
    "Read the log at the answer's `Request-Id`, and report a bug.",
  ],
];

export const access: readonly CodeRow[] = [
  ['token_wanted', 401, 'The request has no token.', 'Send `Authorization: Bearer <token>`.'],
  ['token_wrong', 401, 'The token is not the value of `TRAINPOST_TOKEN`.', 'Send the right token.'],
  [
    'host_not_allowed',
    403,
    'The service is not known by the name in `Host`.',
    'Use one of its names, or add the name to `ALLOWED_HOSTS`.',
  ],
  [
    'cross_site',
    403,
    'A browser sent the request for a page of another site.',
    'Call the service from a program.',
  ],
];
