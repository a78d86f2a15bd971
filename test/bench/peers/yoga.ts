// graphql-yoga with a recorded answer in memory.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createYoga } from 'graphql-yoga';
import { answerSchema } from './answer-schema.ts';

const server = createServer(createYoga({ schema: answerSchema(process.argv[2]!), logging: false }));
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
