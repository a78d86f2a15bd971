// Loaded before every test file: type-graphql reads decorator metadata through this shim.
import 'reflect-metadata';
