import '@/shared/styles/base.css';
import '@/app/shell.css';
import { pageFileAt } from '@/app/page_files';

// The smallest of scripts runs first: the page that was opened is on its way while React, which index.html asks for, still is.
void import('@/app/main');
pageFileAt(window.location.pathname)
    ?.load()
    .catch(() => undefined);
