import { Type } from 'typebox';

/** Pieces that several requests and replies are made of. */
export const strict = { additionalProperties: false };
export const id = Type.String({ maxLength: 64 });
export const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
export const both = Type.Object({ en: Type.String(), zh: Type.String() });
/** PostgreSQL keeps no text with the character of code 0. */
export const storable = '^[^\\u0000]*$';
export const modelName = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
});
export const noteText = Type.String({ maxLength: 2_000, pattern: storable });
/** No integer of PostgreSQL is larger. */
export const versionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
export const optionalText = Type.Union([Type.String(), Type.Null()]);

export const leverPath = Type.Object(
  {
    variable: Type.String({ minLength: 1, maxLength: 200 }),
    steps: Type.Array(Type.Object({ day: Type.Number({ minimum: 0, maximum: 3_660 }), value: Type.Number() }, strict), {
      maxItems: 2_000,
      description: 'from each day (after the last day with data; fractions are hours) the value holds until the next',
    }),
  },
  strict,
);
export const couplingStrength = Type.Object(
  { variable: Type.String({ minLength: 1, maxLength: 200 }), value: Type.Number({ minimum: 0, maximum: 10 }) },
  strict,
);
export const plan = {
  levers: Type.Array(leverPath, { maxItems: 40 }),
  couplings: Type.Array(couplingStrength, { maxItems: 64 }),
};
