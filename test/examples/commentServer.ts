import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  readonly author: { readonly id: number };
  body: string;
}

/** What a request must be like. */
interface Rules {
  /** The path of the list of comments, and of the comment with an id. */
  readonly list: string;
  readonly one: (id: number) => string;
  readonly updateMethod: 'PATCH' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyCharsMax: number;
}

const PAGE = 100;

/** Plays the part of GitHub's or GitLab's API that keeps comments, and notes everything that it would not take. */
export class CommentServer {
  readonly comments: Comment[] = [];
  /** Requests that change a comment: `POST` or `PATCH 7`. */
  readonly changes: string[] = [];
  readonly faults: string[] = [];
  /** A status that every request gets instead. */
  refusal: number | undefined;
  readonly #rules: Rules;
  readonly #server: Server;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#server = createServer(async (request, response) => {
      const { status, body } = await this.#answer(request);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<unknown> {
    return new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param author the number and the name of the author */
  add(body: string, author: number, login: string): Comment {
    const comment = { id: this.comments.length + 1, user: { login }, author: { id: author }, body };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    for (const [name, value] of Object.entries(this.#rules.headers)) {
      if (request.headers[name] !== value)
        this.faults.push(`${method} ${url}: ${name} is ${request.headers[name]}`);
    }
    if (this.refusal !== undefined) return { status: this.refusal, body: { message: 'no' } };
    const { pathname, searchParams } = new URL(url, 'http://x');
    const { list, one, updateMethod } = this.#rules;
    if (method === 'GET' && pathname === '/user') return { status: 200, body: { id: 1 } };
    if (method === 'GET' && pathname === list) {
      if (searchParams.get('per_page') !== String(PAGE)) this.faults.push(`${url}: per_page`);
      const first = (Number(searchParams.get('page')) - 1) * PAGE;
      return { status: 200, body: this.comments.slice(first, first + PAGE) };
    }
    const text = this.#textOf(Buffer.concat(chunks).toString());
    if (method === 'POST' && pathname === list) {
      this.changes.push('POST');
      return { status: 201, body: this.add(text, 1, 'github-actions[bot]') };
    }
    const comment = this.comments.find(({ id }) => pathname === one(id));
    if (method === updateMethod && comment !== undefined) {
      this.changes.push(`${method} ${comment.id}`);
      comment.body = text;
      return { status: 200, body: comment };
    }
    this.faults.push(`${method} ${url}: no such route`);
    return { status: 404, body: {} };
  }

  /** The text of a comment, which is all that a body may have. */
  #textOf(json: string): string {
    const { body, ...others } = JSON.parse(json) as { body: string };
    if (Object.keys(others).length > 0) this.faults.push(`other keys: ${Object.keys(others)}`);
    if (body.length === 0 || body.length > this.#rules.bodyCharsMax)
      this.faults.push(`${body.length} characters`);
    return body;
  }
}
