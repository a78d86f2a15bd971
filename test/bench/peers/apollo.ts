// Apollo's standalone server with a recorded answer in memory.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { answerSchema } from './answer-schema.ts';

const server = new ApolloServer({ schema: answerSchema(process.argv[2]!) });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
process.send!({ port: Number(new URL(url).port) });
