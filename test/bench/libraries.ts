import { AwsClient } from 'aws4fetch'
import { getTableColumns, getTableName, SQL, sql } from 'drizzle-orm'
import { CasingCache } from 'drizzle-orm/casing'
import {
  index,
  integer,
  numeric,
  primaryKey,
  SQLiteAsyncDialect,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { TrieRouter } from 'hono/router/trie-router'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  SignJWT,
} from 'jose'

/** What the server takes from each of its libraries, but for zod: held, so that the bundle has it, and not used. */
export const held: readonly unknown[] = [
  AwsClient,
  [getTableColumns, getTableName, SQL, sql, CasingCache, SQLiteAsyncDialect],
  [index, integer, numeric, primaryKey, sqliteTable, text, uniqueIndex],
  [Hono, cors, TrieRouter],
  [createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify, SignJWT],
]
