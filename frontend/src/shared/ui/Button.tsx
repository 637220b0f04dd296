import type { AnchorHTMLAttributes, ButtonHTMLAttributes } from 'react';
import { Link, type LinkProps } from 'react-router';
import styles from '@/shared/ui/button.module.css';

interface Look {
    look?: 'primary' | 'secondary' | 'danger' | 'quiet';
    wide?: boolean;
}

const classes = ({ look = 'primary', wide = false }: Look) =>
    [styles.button, styles[look], wide && styles.wide].filter(Boolean).join(' ');

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'className'> & Look & { inactive?: boolean };

/** An inactive button can still be reached and read out, with the reason that stands beside it; pressing does nothing. */
export function Button({ look, wide, inactive = false, onClick, type = 'button', ...rest }: ButtonProps) {
    return (
        <button
            {...rest}
            type={type}
            className={classes({ ...(look && { look }), ...(wide && { wide }) })}
            aria-disabled={inactive || undefined}
            onClick={(event) => {
                if (inactive) event.preventDefault();
                else onClick?.(event);
            }}
        />
    );
}

type ButtonLinkProps = Omit<LinkProps, 'className'> & Look;

export function ButtonLink({ look, wide, ...rest }: ButtonLinkProps) {
    return <Link {...rest} className={classes({ ...(look && { look }), ...(wide && { wide }) })} />;
}

type DownloadProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'className'> & Look & { href: string };

/** A link out of the page: a file, a telephone number. */
export function ButtonAnchor({ look, wide, children, ...rest }: DownloadProps) {
    return (
        <a {...rest} className={classes({ ...(look && { look }), ...(wide && { wide }) })}>
            {children}
        </a>
    );
}
