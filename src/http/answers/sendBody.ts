import type { Response } from 'express';
import type { Body } from './answer.ts';

export function sendBody(response: Response, { type, text, policy }: Body): void {
  if (policy !== undefined) response.set('Content-Security-Policy', policy);
  response.set('Content-Type', type).send(text);
}
