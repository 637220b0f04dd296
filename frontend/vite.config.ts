import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** nginx serves `name.gz` beside `name` where the browser takes it, so nothing is compressed while somebody waits. */
function precompress(): Plugin {
    return {
        name: 'precompress',
        apply: 'build',
        // Of the files as they lie there: what other plugins change at the very end is in them, and so is public/.
        async closeBundle() {
            const folder = new URL('./dist/', import.meta.url);
            for (const name of await readdir(folder, { recursive: true })) {
                if (!/\.(js|css|svg|html)$/.test(name)) continue;
                const file = new URL(name, folder);
                await writeFile(`${fileURLToPath(file)}.gz`, gzipSync(await readFile(file), { level: constants.Z_BEST_COMPRESSION }));
            }
        },
    };
}

/** The font is named in the page itself: the browser would else know of it only once it has the style sheet. */
function preloadFont(): Plugin {
    return {
        name: 'preload-font',
        apply: 'build',
        transformIndexHtml(_html, { bundle }) {
            const fonts = Object.keys(bundle ?? {}).filter((name) => name.endsWith('.woff2'));
            return fonts.map((name) => ({
                tag: 'link',
                attrs: { rel: 'preload', href: `/${name}`, as: 'font', type: 'font/woff2', crossorigin: true },
                injectTo: 'head',
            }));
        },
    };
}

export default defineConfig({
    plugins: [
        react(),
        { ...optimizeLocales.vite({ locales: ['en-US', 'es-ES'] }), enforce: 'pre' },
        preloadFont(),
        precompress(),
    ],
    resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
    build: {
        target: 'es2022',
        // Every browser that runs this code knows modulepreload.
        modulePreload: { polyfill: false },
        // The content security policy allows no data: addresses.
        assetsInlineLimit: 0,
        // A few files, each for a purpose: many small ones would only wait for one another.
        rolldownOptions: {
            output: {
                codeSplitting: {
                    includeDependenciesRecursively: false,
                    groups: [
                        { name: 'base', test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack|openapi-fetch)\//, priority: 4 },
                        { name: 'form', test: /node_modules\/(zod|react-hook-form|@hookform)\/|src\/shared\/patient\/(?!remembered)/, priority: 3 },
                        { name: 'booking', test: /src\/features\/booking\//, priority: 2 },
                        { name: 'shared', test: /src\/shared\/(?!i18n\/es|ui\/Dialog|ui\/dialog|patient)/, priority: 1 },
                    ],
                },
            },
        },
    },
    server: {
        port: 5173,
        proxy: { '/api': process.env.ROTA_API ?? 'http://127.0.0.1:5000' },
    },
    test: {
        include: ['src/**/*.test.ts'],
    },
});
