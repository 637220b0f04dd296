import { Component, type ReactNode } from 'react';
import { CrashPage } from '@/app/CrashPage';

interface Props {
    /** Another page is another chance. */
    path: string;
    children: ReactNode;
}

interface State {
    crashedAt: string | null;
}

/** Catches what no page expected: the frame of the page stays, with a way on. */
export class CrashBoundary extends Component<Props, State> {
    override state: State = { crashedAt: null };

    static getDerivedStateFromError(): Partial<State> {
        return { crashedAt: '' };
    }

    static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
        if (state.crashedAt === '') return { crashedAt: props.path };
        return state.crashedAt !== null && state.crashedAt !== props.path ? { crashedAt: null } : null;
    }

    override render(): ReactNode {
        return this.state.crashedAt === null ? this.props.children : <CrashPage />;
    }
}
