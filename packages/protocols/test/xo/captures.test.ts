import { presets } from '@selfsame/identity';
import { describe } from 'vitest';
import { xo } from '../../src/xo/index.ts';
import { testCaptures } from '../captures.ts';

describe('requests as @attraqt/xo-js sends them', () => testCaptures(xo, presets['xo']!));
