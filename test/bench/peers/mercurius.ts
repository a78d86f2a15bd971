// mercurius with graphql-jit and a recorded answer in memory.
import fastify from 'fastify';
import mercurius from 'mercurius';
import { answerSchema } from './answer-schema.ts';

const app = fastify();
await app.register(mercurius, { schema: answerSchema(process.argv[2]!), jit: 1 });
await app.listen({ host: '127.0.0.1', port: 0 });
process.send!({ port: (app.server.address() as { port: number }).port });
