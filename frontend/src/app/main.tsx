import { QueryClientProvider } from '@tanstack/react-query';
import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { fetchPage, Pages } from '@/app/Pages';
import { clinicQuery, createQueryClient, doctorsQuery } from '@/shared/api/queries';
import { loadCatalogue, preferredLanguage, storedLanguage } from '@/shared/i18n/i18n';
import { LanguageProvider } from '@/shared/i18n/LanguageProvider';

/**
 * How long the shell in index.html stays for what is on its way since the page was opened, before the page draws its own
 * skeletons. What is there is drawn once, and not twice.
 */
const kPatienceMs = 400;

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const language = preferredLanguage(storedLanguage(), navigator.languages);
const queryClient = createQueryClient();

// Failures are the pages' to show.
const onItsWay = Promise.allSettled([
    queryClient.query(clinicQuery),
    queryClient.query(doctorsQuery),
    fetchPage(window.location.pathname),
]);
const patience = new Promise((resolve) => setTimeout(resolve, kPatienceMs));
const catalogue = await loadCatalogue(language);
await Promise.race([onItsWay, patience]);

// As a transition React draws in small steps, between which the browser answers a finger.
startTransition(() =>
    createRoot(root).render(
        <StrictMode>
            <QueryClientProvider client={queryClient}>
                <LanguageProvider initial={catalogue}>
                    <BrowserRouter>
                        <Pages />
                    </BrowserRouter>
                </LanguageProvider>
            </QueryClientProvider>
        </StrictMode>,
    ),
);
