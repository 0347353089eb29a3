// Talks to the demo with the functions that @hey-api/openapi-ts made of the documents: one for each
// operation. It prints what it was told, for the test to compare with plain HTTP.
import { createClient as createLegacy } from './sdk/legacy_api/client/index.js'
import { getStores } from './sdk/legacy_api/index.js'
import { createClient as createMagazine } from './sdk/magazine_api/client/index.js'
import { deleteArticles, patchArticles, postArticles } from './sdk/magazine_api/index.js'
import type { ArticlesCreateDocument, ErrorDocument } from './sdk/magazine_api/index.js'
import { createClient as createStorefront } from './sdk/storefront_api/client/index.js'
import {
  getAbstractProducts,
  getAbstractProductsCollection,
  getCustomers,
  postToken,
} from './sdk/storefront_api/index.js'
import { createClient as createBackend } from './sdk/backend_api/client/index.js'
import { getWarehouseUserAssignmentsCollection, postToken as postOfficeToken } from './sdk/backend_api/index.js'

declare const process: { argv: string[] }

const root = process.argv[2] ?? ''
const headers = { Accept: 'application/vnd.api+json' }

const storefront = createStorefront({ baseUrl: `${root}/storefront_api`, headers })
const magazine = createMagazine({ baseUrl: `${root}/magazine_api`, headers })
const legacy = createLegacy({ baseUrl: `${root}/legacy_api`, headers })

async function product() {
  const { data } = await getAbstractProducts({
    client: storefront,
    path: { abstractProductsId: '001' },
    throwOnError: true,
  })
  return { id: data.data.id, name: data.data.attributes?.name }
}

async function page() {
  const { data } = await getAbstractProductsCollection({
    client: storefront,
    query: {
      sort: ['name', '-sku'],
      include: ['abstract-product-prices', 'concrete-products'],
      'page[offset]': 2,
      'page[limit]': 3,
    },
    throwOnError: true,
  })
  return data.data.map(each => each.attributes?.name)
}

async function customer() {
  const token = await postToken({
    client: storefront,
    headers: { Accept: 'application/json' },
    body: {
      grant_type: 'password',
      username: 'nora.winter@example.com',
      password: 'Nora-likes-1-lamp',
    },
    throwOnError: true,
  })
  const { data } = await getCustomers({
    client: storefront,
    auth: token.data.access_token,
    path: { customersId: 'DE--1' },
    throwOnError: true,
  })
  return { id: data.data.id, firstName: data.data.attributes?.firstName }
}

async function warehouses() {
  const backend = createBackend({ baseUrl: `${root}/backend_api`, headers })
  const token = await postOfficeToken({
    client: backend,
    headers: { Accept: 'application/json' },
    body: {
      grant_type: 'password',
      username: 'petra.lang@example.com',
      password: 'Petra-runs-1-office',
    },
    throwOnError: true,
  })
  // The operation takes an API key as well; the token is none.
  const bearer = token.data.access_token
  backend.setConfig({ auth: asked => (asked.scheme === 'bearer' ? bearer : undefined) })
  const { data } = await getWarehouseUserAssignmentsCollection({
    client: backend,
    query: { include: ['users'] },
    throwOnError: true,
  })
  return {
    ids: data.data.map(each => each.id),
    users: data.included?.map(each => each.attributes?.username),
  }
}

async function write() {
  const body: ArticlesCreateDocument = {
    data: { type: 'articles', attributes: { title: 'By sdk', body: 'Text.' } },
  }
  const created = await postArticles({ client: magazine, body, throwOnError: true })
  const id = created.data.data.id
  const path = { articlesId: id }
  const changed = await patchArticles({
    client: magazine,
    path,
    headers: { 'If-Match': created.response.headers.get('etag') ?? '' },
    body: { data: { type: 'articles', id, attributes: { readingMinutes: 9 } } },
    throwOnError: true,
  })
  const removed = await deleteArticles({ client: magazine, path })
  return {
    title: created.data.data.attributes?.title,
    minutes: changed.data.data.attributes?.readingMinutes,
    removed: removed.response?.status,
  }
}

async function wrongBody() {
  const { error } = await postArticles({
    client: magazine,
    body: { data: { type: 'articles', attributes: { title: '', body: 'Text.' } } },
  })
  const document: ErrorDocument | undefined = error
  return document?.errors.map(each => each.source?.pointer)
}

async function store() {
  const { data } = await getStores({ client: legacy, path: { storesId: 'DE' }, throwOnError: true })
  const found = Array.isArray(data.data) ? data.data[0] : data.data
  // A map without members is an empty list there.
  const shown = found?.attributes instanceof Array ? undefined : found?.attributes
  const currencies = shown?.currencies?.map(each => (each instanceof Array ? undefined : each.code))
  return { id: found?.id, currencies }
}

const told = {
  product: await product(),
  page: await page(),
  customer: await customer(),
  warehouses: await warehouses(),
  write: await write(),
  wrongBody: await wrongBody(),
  store: await store(),
}
console.log(JSON.stringify(told))
