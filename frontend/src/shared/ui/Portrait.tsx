import { useState } from 'react';
import styles from '@/shared/ui/portrait.module.css';

interface Props {
    photoUrl: string;
    name: string;
    /** Pixels. The space is reserved before the picture is there. */
    size: number;
    eager?: boolean;
}

/** The name stands beside every portrait, so it says nothing to a screen reader. Without a picture that can be shown: initials. */
export function Portrait({ photoUrl, name, size, eager = false }: Props) {
    const [broken, setBroken] = useState('');
    if (photoUrl === broken) {
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
            onError={() => setBroken(photoUrl)}
        />
    );
}

function initials(name: string): string {
    const words = name.replace(/^Dr\.\s+/, '').split(/\s+/);
    return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}
