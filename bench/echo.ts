/** An Express app that echoes the body of `POST /invocations`, as a process of its own. */
import express from 'express';

express()
  .get('/test', (_request, response) => void response.send('ok'))
  .post('/invocations', express.json(), (request, response) => void response.json(request.body))
  .listen(Number(process.env['PORT']), '127.0.0.1');
