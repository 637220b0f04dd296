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

/** What every page needs is named in index.html itself: the browser would else know of it only from the files before. */
function preload(): Plugin {
    return {
        name: 'preload',
        apply: 'build',
        transformIndexHtml(_html, { bundle }) {
            const files = Object.values(bundle ?? {});
            const fonts = files.map(({ fileName }) => fileName).filter((name) => name.endsWith('.woff2'));
            const main = files.find((file) => file.type === 'chunk' && file.facadeModuleId?.endsWith('/src/app/main.tsx'));
            if (main?.type !== 'chunk') throw new Error('src/app/main.tsx has no file of its own');
            // What the first script imports, Vite names itself. The frame is painted before the rest, which is larger, has come.
            const start = files.find((file) => file.type === 'chunk' && file.isEntry);
            const later = [...main.imports, main.fileName].filter((name) => start?.type === 'chunk' && !start.imports.includes(name));
            return [
                ...later.map((name) => ({ rel: 'modulepreload', href: `/${name}`, fetchpriority: 'low' })),
                ...fonts.map((name) => ({ rel: 'preload', href: `/${name}`, as: 'font', type: 'font/woff2' })),
            ].map((attrs) => ({ tag: 'link', attrs: { ...attrs, crossorigin: true }, injectTo: 'head' as const }));
        },
    };
}

export default defineConfig({
    plugins: [
        react(),
        { ...optimizeLocales.vite({ locales: ['en-US', 'es-ES'] }), enforce: 'pre' },
        preload(),
        precompress(),
    ],
    resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
    build: {
        target: 'es2022',
        // Every browser that runs this code knows modulepreload.
        modulePreload: { polyfill: false },
        // The content security policy allows no data: addresses.
        assetsInlineLimit: 0,
        // One style sheet is smaller than a small script, and no page waits for its own.
        cssCodeSplit: false,
        // A few files, each for a purpose: many small ones would only wait for one another.
        rolldownOptions: {
            output: {
                codeSplitting: {
                    includeDependenciesRecursively: false,
                    groups: [
                        { name: 'pages', test: /src\/app\/page_files\.ts|vite\/preload-helper/, priority: 5 },
                        { name: 'base', test: /node_modules\/(react|react-dom|scheduler|react-router|@tanstack|openapi-fetch)\//, priority: 4 },
                        { name: 'form', test: /node_modules\/(zod|react-hook-form|@hookform)\/|src\/shared\/patient\/(?!remembered)/, priority: 3 },
                        // What the pages of a booking share; neither the calendar nor the forms, which not all of them have.
                        {
                            name: 'booking',
                            test: /src\/features\/booking\/(?!DayCalendar|BookingForm|ConfirmBooking|BookingConfirmation|Reschedule)\w+\./,
                            priority: 2,
                        },
                        { name: 'shared', test: /src\/shared\/(?!i18n\/es|ui\/Dialog|ui\/dialog|patient|styles)/, priority: 1 },
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
