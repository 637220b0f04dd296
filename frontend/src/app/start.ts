import '@/shared/styles/base.css';
import '@/app/shell.css';
import { pageFileAt } from '@/app/page_files';

// The smallest of scripts runs first: the page that was opened is on its way while React, which index.html asks for, still is.
void import('@/app/main');
pageFileAt(window.location.pathname)
    ?.load()
    .catch(() => undefined);

// Whatever Intl is asked for first costs a slow phone a tenth of a second: now there is nothing else to do, later there is a page to draw.
setTimeout(() => new Intl.DateTimeFormat('en-US'));
