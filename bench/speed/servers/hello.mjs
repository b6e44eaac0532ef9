/** The yardstick: what Fastify does here with nothing behind it. `GET /` answers JSON; `POST /form` reads a form first. */
import Fastify from 'fastify';

const app = Fastify({ logger: false });
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, new URLSearchParams(String(body))),
);
app.get('/', async () => ({ hello: 'world' }));
app.post('/form', async (request) => ({
  hello: /** @type {URLSearchParams} */ (request.body).get('grant_type') ?? 'world',
}));
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) });
