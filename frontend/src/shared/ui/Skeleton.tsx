import styles from '@/shared/ui/skeleton.module.css';

interface Props {
    /** Any CSS length; what it stands for has the same size, so nothing moves later. */
    width?: string;
    height?: string;
    round?: boolean;
}

export function Skeleton({ width = '100%', height = '1em', round = false }: Props) {
    return (
        <span
            aria-hidden="true"
            className={round ? `${styles.skeleton} ${styles.round}` : styles.skeleton}
            style={{ width, height }}
        />
    );
}
