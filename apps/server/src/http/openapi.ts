import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** How the API describes itself (OpenAPI 3.1). */
export const describeApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Tandem API',
      version: '1',
      description:
        'Send an API key as `Authorization: Bearer KEY`. A key belongs to one brand; a browser session names the brand with the header `Tandem-Brand`. ' +
        'Money is in minor units where a name ends in Minor, else in major units. `from` is included, `to` is not; dates are days in the brand’s zone. ' +
        'Whatever is not a success answers `{ code, message, messageZh, details, requestId }`.',
    },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    security: [{ key: [] }],
  },
};
