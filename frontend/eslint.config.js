import js from '@eslint/js';
import query from '@tanstack/eslint-plugin-query';
import boundaries from 'eslint-plugin-boundaries';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
    { ignores: ['dist', 'node_modules', 'toolchain', 'src/shared/api/schema.ts', 'eslint-resolver.cjs'] },
    js.configs.recommended,
    ...query.configs['flat/recommended'],
    {
        files: ['**/*.{ts,tsx}'],
        extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
        languageOptions: {
            globals: globals.browser,
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        plugins: { 'react-hooks': reactHooks, 'jsx-a11y': jsxA11y },
        rules: {
            ...reactHooks.configs.recommended.rules,
            ...jsxA11y.configs.strict.rules,
            '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
            '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
            // Event handlers of forms and links may be asynchronous: nobody waits for what they return.
            '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
            '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
        },
    },
    {
        // Dependencies point one way: shared, features, app. One feature never knows another.
        files: ['src/**/*.{ts,tsx}'],
        plugins: { boundaries },
        settings: {
            'import/resolver': { [`${import.meta.dirname}/eslint-resolver.cjs`]: {} },
            'boundaries/elements': [
                { type: 'shared', pattern: 'src/shared' },
                { type: 'feature', pattern: 'src/features/*', capture: ['name'] },
                { type: 'app', pattern: 'src/app' },
            ],
        },
        rules: {
            'boundaries/dependencies': [
                'error',
                {
                    default: 'disallow',
                    policies: [
                        { allow: { to: { module: { origin: 'external' } } } },
                        {
                            from: { element: { type: 'shared' } },
                            allow: { to: { element: { type: 'shared' } } },
                        },
                        {
                            from: { element: { type: 'feature' } },
                            allow: {
                                to: [
                                    { element: { type: 'shared' } },
                                    { element: { type: 'feature', captured: { name: '{{ from.element.captured.name }}' } } },
                                ],
                            },
                        },
                        {
                            from: { element: { type: 'app' } },
                            allow: { to: { element: { types: { anyOf: ['shared', 'feature', 'app'] } } } },
                        },
                    ],
                },
            ],
            'no-restricted-imports': [
                'error',
                { patterns: [{ regex: '^\\.\\./\\.\\.', message: 'Write it from the root: @/…' }] },
            ],
        },
    },
    { files: ['eslint.config.js'], languageOptions: { globals: globals.node } },
);
