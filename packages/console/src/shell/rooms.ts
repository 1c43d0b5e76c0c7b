import {
  BadgeCheck,
  ChartLine,
  FlaskConical,
  Funnel,
  GitMerge,
  Grid3x3,
  House,
  LayoutDashboard,
  type LucideIcon,
  Megaphone,
  Plug,
  Radio,
  Scale,
  Send,
  ShieldAlert,
  TabletSmartphone,
  Users,
  Waypoints,
} from 'lucide-react';
import type { ComponentType } from 'react';
import Home from '../rooms/home/index.tsx';
import { lazyRoom } from './lazy-room.ts';

/** A page of the console. */
export interface Room {
  /** Below the project's own path. */
  readonly path: string;
  readonly name: string;
  readonly group: 'Now' | 'Who' | 'Questions' | 'Project';
  /** `g` and this letter open it. */
  readonly key: string;
  readonly icon: LucideIcon;
  readonly page: ComponentType;
}

/** Every room, in the order of the menu: paths, titles, keys and pages are read from here and nowhere else. */
export const rooms: readonly Room[] = [
  {
    path: '/',
    name: 'Home',
    group: 'Now',
    key: 'h',
    icon: House,
    // The first room comes with the program: a request for itself alone is a fifth of a second on a phone.
    page: Home,
  },
  {
    path: '/live',
    name: 'Live',
    group: 'Now',
    key: 'l',
    icon: Radio,
    page: lazyRoom(() => import('../rooms/live.tsx')),
  },
  {
    path: '/people',
    name: 'People',
    group: 'Who',
    key: 'p',
    icon: Users,
    page: lazyRoom(() => import('../rooms/people/index.tsx')),
  },
  {
    path: '/explain',
    name: 'Explain',
    group: 'Who',
    key: 'e',
    icon: GitMerge,
    page: lazyRoom(() => import('../rooms/explain.tsx')),
  },
  {
    path: '/identity',
    name: 'Identity',
    group: 'Who',
    key: 'i',
    icon: Waypoints,
    page: lazyRoom(() => import('../rooms/identity/index.tsx')),
  },
  {
    path: '/device',
    name: 'Device',
    group: 'Who',
    key: 'd',
    icon: TabletSmartphone,
    page: lazyRoom(() => import('../rooms/device/index.tsx')),
  },
  {
    path: '/suspicious',
    name: 'Suspicious',
    group: 'Who',
    key: 'x',
    icon: ShieldAlert,
    page: lazyRoom(() => import('../rooms/suspicious/index.tsx')),
  },
  {
    path: '/board',
    name: 'Board',
    group: 'Questions',
    key: 'b',
    icon: LayoutDashboard,
    page: lazyRoom(() => import('../rooms/board.tsx')),
  },
  {
    path: '/funnel',
    name: 'Funnel',
    group: 'Questions',
    key: 'f',
    icon: Funnel,
    page: lazyRoom(() => import('../rooms/funnel.tsx')),
  },
  {
    path: '/campaigns',
    name: 'Campaigns',
    group: 'Questions',
    key: 'c',
    icon: Megaphone,
    page: lazyRoom(() => import('../rooms/campaigns.tsx')),
  },
  {
    path: '/retention',
    name: 'Retention',
    group: 'Questions',
    key: 'r',
    icon: Grid3x3,
    page: lazyRoom(() => import('../rooms/retention.tsx')),
  },
  {
    path: '/counts',
    name: 'Counts',
    group: 'Questions',
    key: 'n',
    icon: ChartLine,
    page: lazyRoom(() => import('../rooms/counts.tsx')),
  },
  {
    path: '/setup',
    name: 'Setup',
    group: 'Project',
    key: 's',
    icon: Plug,
    page: lazyRoom(() => import('../rooms/setup.tsx')),
  },
  {
    path: '/outputs',
    name: 'Outputs',
    group: 'Project',
    key: 'u',
    icon: Send,
    page: lazyRoom(() => import('../rooms/outputs/index.tsx')),
  },
  {
    path: '/policy',
    name: 'Rules',
    group: 'Project',
    key: 'y',
    icon: Scale,
    page: lazyRoom(() => import('../rooms/policy/index.tsx')),
  },
  {
    path: '/what-if',
    name: 'What if',
    group: 'Project',
    key: 'w',
    icon: FlaskConical,
    page: lazyRoom(() => import('../rooms/what-if/index.tsx')),
  },
  {
    path: '/conformance',
    name: 'Conformance',
    group: 'Project',
    key: 'o',
    icon: BadgeCheck,
    page: lazyRoom(() => import('../rooms/conformance.tsx')),
  },
];
