import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import styles from '@/shared/ui/dialog.module.css';

interface Props {
    title: string;
    isOpen: boolean;
    /** Asked for by Escape or a click beside it; not while something is under way. */
    onClose: () => void;
    isBusy?: boolean;
    children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, isBusy = false, children }: Props) {
    return (
        <ModalOverlay
            className={styles.veil ?? ''}
            isOpen={isOpen}
            isDismissable={!isBusy}
            isKeyboardDismissDisabled={isBusy}
            onOpenChange={(open) => {
                if (!open) onClose();
            }}
        >
            <Modal className={styles.modal ?? ''}>
                <AriaDialog role="alertdialog" className={styles.dialog ?? ''}>
                    <Heading slot="title" level={2}>
                        {title}
                    </Heading>
                    {children}
                </AriaDialog>
            </Modal>
        </ModalOverlay>
    );
}
