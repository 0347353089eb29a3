// One client for each document of the folder; Node wants the endings of imported files.
const applications = ['backend_api', 'legacy_api', 'magazine_api', 'storefront_api']

export default applications.map(name => ({
  input: `./${name}.json`,
  output: { path: `./sdk/${name}`, module: { extension: '.js' } },
}))
