import { useState } from 'react';
import styles from '@/shared/ui/portrait.module.css';

interface Props {
    photoUrl: string;
    name: string;
    /** Pixels. The space is reserved before the picture is there. */
    size: number;
    eager?: boolean;
}

/** The name stands beside every portrait, so it says nothing to a screen reader. Without a picture, or one that cannot be had: initials. */
export function Portrait({ photoUrl, name, size, eager = false }: Props) {
    const [missing, setMissing] = useState('');
    if (photoUrl === '' || photoUrl === missing) {
        return (
            <span className={`${styles.portrait} ${styles.initials}`} style={{ width: size, height: size }} aria-hidden="true">
                {initials(name)}
            </span>
        );
    }
    return (
        <img
            className={styles.portrait}
            src={photoUrl}
            alt=""
            width={size}
            height={size}
            loading={eager ? 'eager' : 'lazy'}
            decoding="async"
            onError={() => setMissing(photoUrl)}
        />
    );
}

function initials(name: string): string {
    const words = name.replace(/^Dr\.\s+/, '').split(/\s+/);
    return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}
