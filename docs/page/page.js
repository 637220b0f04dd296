/* global Redoc */
// Shows the document that this very server speaks. Nothing comes from elsewhere: the system's fonts, and no search, which would
// want a worker that the page's content security policy forbids.
const fontFamily = 'system-ui, sans-serif';
const codeFamily = 'ui-monospace, monospace';
Redoc.init(
    '/api/openapi.json',
    {
        disableSearch: true,
        nativeScrollbars: true,
        expandResponses: '200,201',
        theme: { typography: { fontFamily, headings: { fontFamily }, code: { fontFamily: codeFamily } } },
    },
    document.getElementById('api'),
);
