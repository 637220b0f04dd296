// Says to the linter which file an import names: '@/…' lies in src/. Everything else is a package or a module of Node.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const kEndings = ['', '.ts', '.tsx'];

module.exports = {
    interfaceVersion: 2,
    resolve(source) {
        if (!source.startsWith('@/')) return { found: false };
        const base = join(__dirname, 'src', source.slice(2));
        const path = kEndings.map((ending) => base + ending).find(existsSync);
        return path === undefined ? { found: false } : { found: true, path };
    },
};
