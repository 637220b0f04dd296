import '@/shared/styles/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Pages } from '@/app/Pages';
import { clinicQuery, createQueryClient, doctorsQuery } from '@/shared/api/queries';
import { loadMessages, preferredLanguage, storedLanguage } from '@/shared/i18n/i18n';
import { LanguageProvider } from '@/shared/i18n/LanguageProvider';

const language = preferredLanguage(storedLanguage(), navigator.languages);
const ignore = () => undefined;
const queryClient = createQueryClient();

// Asked for before anything is drawn; failures are the pages' to show.
queryClient.query(clinicQuery).catch(ignore);
queryClient.query(doctorsQuery).catch(ignore);

const messages = await loadMessages(language);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

createRoot(root).render(
    <StrictMode>
        <QueryClientProvider client={queryClient}>
            <LanguageProvider initial={{ language, messages }}>
                <BrowserRouter>
                    <Pages />
                </BrowserRouter>
            </LanguageProvider>
        </QueryClientProvider>
    </StrictMode>,
);
