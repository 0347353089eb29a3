// Talks to the demo with openapi-fetch, whose types openapi-typescript made of the documents.
// It prints what it was told, for the test to compare with plain HTTP.
import createClient, { type Client } from 'openapi-fetch'

import type { paths as Backend } from './fetch/backend_api.js'
import type { paths as Legacy } from './fetch/legacy_api.js'
import type { components, paths as Magazine } from './fetch/magazine_api.js'
import type { paths as Storefront } from './fetch/storefront_api.js'

declare const process: { argv: string[] }

type JsonApi = 'application/vnd.api+json'
type Article = components['schemas']['Articles']

const JSON_API = 'application/vnd.api+json'
const root = process.argv[2] ?? ''

/** Makes a client that speaks JSON:API, and writes lists with commas as the documents say. */
function clientOf<Paths extends {}>(application: string): Client<Paths, JsonApi> {
  return createClient<Paths, JsonApi>({
    baseUrl: `${root}/${application}`,
    headers: { Accept: JSON_API, 'Content-Type': JSON_API },
    querySerializer: { array: { style: 'form', explode: false } },
  })
}

const storefront = clientOf<Storefront>('storefront_api')
const magazine = clientOf<Magazine>('magazine_api')
const backend = clientOf<Backend>('backend_api')
const legacy = clientOf<Legacy>('legacy_api')

/** Returns what there is, where the types say that there may be nothing. */
function known<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`There is no ${what}.`)
  return value
}

async function product() {
  const { data } = await storefront.GET('/abstract-products/{abstractProductsId}', {
    params: { path: { abstractProductsId: '001' } },
  })
  const attributes = known(data?.data.attributes, 'product')
  const material: string | undefined = attributes.attributes?.material
  return { id: data?.data.id, name: attributes.name, material }
}

async function missingProduct() {
  const { error, response } = await storefront.GET('/abstract-products/{abstractProductsId}', {
    params: { path: { abstractProductsId: 'none' } },
  })
  const first = known(error?.errors[0], 'error')
  const status: number = first.status
  return { status, code: first.code, http: response.status }
}

async function page() {
  const { data } = await storefront.GET('/abstract-products', {
    params: {
      query: {
        sort: ['name', '-sku'],
        include: ['abstract-product-prices', 'concrete-products'],
        'fields[abstract-products]': ['name', 'abstract-product-prices', 'concrete-products'],
        'page[offset]': 2,
        'page[limit]': 3,
      },
    },
  })
  // The member "type" tells the included resources apart.
  const prices = data?.included?.flatMap(each =>
    each.type === 'abstract-product-prices' ? [each.attributes?.price] : []
  )
  return { names: data?.data.map(each => each.attributes?.name), prices }
}

async function filtered(readingMinutes: number) {
  const { data } = await magazine.GET('/articles', {
    params: { query: { 'filter[articles.readingMinutes]': readingMinutes, 'page[limit]': 100 } },
  })
  return data?.data.map(each => each.id)
}

async function everyArticle() {
  const ids: string[] = []
  const query: { 'page[limit]': number; 'page[offset]': number } = {
    'page[limit]': 7,
    'page[offset]': 0,
  }
  for (;;) {
    const { data } = await magazine.GET('/articles', { params: { query } })
    const found = known(data, 'page')
    ids.push(...found.data.map(each => each.id))
    const next: string | null | undefined = found.links?.next
    if (!next) return { ids, total: found.meta?.total }
    query['page[offset]'] = Number(new URL(next).searchParams.get('page[offset]'))
  }
}

async function signIn(client: Client<Backend, JsonApi>, username: string, password: string) {
  const { data } = await createClient<Backend, 'application/json'>({
    baseUrl: `${root}/backend_api`,
  }).POST('/token', { body: { grant_type: 'password', username, password } })
  const token: string = known(data, 'token').access_token
  client.use({
    onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${token}`)
      return request
    },
  })
}

async function office() {
  const before = await backend.GET('/product-abstract/{productAbstractId}', {
    params: { path: { productAbstractId: '002' } },
  })
  await signIn(backend, 'petra.lang@example.com', 'Petra-runs-1-office')
  const after = await backend.GET('/product-abstract/{productAbstractId}', {
    params: { path: { productAbstractId: '002' } },
  })
  const attributes = known(after.data?.data.attributes, 'product')
  return {
    refused: before.response.status,
    sku: attributes.productAbstractSku,
    stores: attributes.stores,
  }
}

async function write() {
  const author = known(
    (await magazine.GET('/authors', { params: { query: { 'page[limit]': 1 } } })).data?.data[0],
    'author'
  )
  const created = await magazine.POST('/articles', {
    body: {
      data: {
        type: 'articles',
        attributes: { title: 'By fetch', body: 'Text.', tags: ['a', 'b'] },
        relationships: { author: { data: { type: 'authors', id: author.id } } },
      },
    },
  })
  const article: Article = known(created.data?.data, 'article')
  const path = { articlesId: article.id }
  const etag = known(created.response.headers.get('etag'), 'entity tag')
  const updated = await magazine.PATCH('/articles/{articlesId}', {
    params: { path, header: { 'If-Match': etag } },
    body: { data: { type: 'articles', id: article.id, attributes: { title: 'Changed' } } },
  })
  // The tag is that of a state that is gone.
  const late = await magazine.PATCH('/articles/{articlesId}', {
    params: { path, header: { 'If-Match': etag } },
    body: { data: { type: 'articles', id: article.id, attributes: { title: 'Late' } } },
  })
  const read = await magazine.GET('/articles/{articlesId}', {
    params: { path, query: { include: ['author'] } },
  })
  const writer = read.data?.data.relationships?.author?.data
  const moved = await magazine.PATCH('/articles/{articlesId}/relationships/author', {
    params: { path },
    body: { data: null },
  })
  const removed = await magazine.DELETE('/articles/{articlesId}', { params: { path } })
  const gone = await magazine.GET('/articles/{articlesId}', { params: { path } })
  return {
    statuses: [created, updated, late, read, moved, removed, gone].map(each => each.response.status),
    title: read.data?.data.attributes?.title,
    tags: read.data?.data.attributes?.tags,
    minutes: read.data?.data.attributes?.readingMinutes,
    wrote: writer?.id === author.id,
    late: late.error?.errors[0]?.code,
  }
}

async function wrongBody() {
  const { error } = await magazine.POST('/articles', {
    body: { data: { type: 'articles', attributes: { title: '', body: '', readingMinutes: -1 } } },
  })
  return error?.errors.map(each => ({ status: each.status, pointer: each.source?.pointer }))
}

/** A map of the old application: without members it is an empty list. */
function filled<T>(map: T | unknown[] | undefined): T | undefined {
  return Array.isArray(map) ? undefined : (map as T | undefined)
}

async function old() {
  const login = await legacy.POST('/access-tokens', {
    body: {
      data: {
        type: 'access-tokens',
        attributes: { username: 'nora.winter@example.com', password: 'Nora-likes-1-lamp' },
      },
    },
  })
  const token = known(filled(login.data?.data.attributes)?.accessToken, 'token')
  const { data } = await legacy.GET('/customers/{customersId}', {
    params: { path: { customersId: 'DE--1' } },
    headers: { Authorization: `Bearer ${token}` },
  })
  const customer = known(data?.data, 'customer')
  // Of the id "mine" the old application shows a list.
  const one = Array.isArray(customer) ? customer[0] : customer
  const shown = filled(one?.attributes)
  return { id: one?.id, firstName: shown?.firstName, salutation: shown?.salutation }
}

const told = {
  product: await product(),
  missingProduct: await missingProduct(),
  page: await page(),
  filtered: await filtered(5),
  everyArticle: await everyArticle(),
  office: await office(),
  write: await write(),
  wrongBody: await wrongBody(),
  old: await old(),
}
console.log(JSON.stringify(told))
