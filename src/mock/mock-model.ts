/** What `GET /v1/models` lists where any model is taken. */
export const MOCK_MODEL = 'gistmill-mock';
