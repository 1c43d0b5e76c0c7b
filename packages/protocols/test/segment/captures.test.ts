import { presets } from '@selfsame/identity';
import { describe } from 'vitest';
import { segment } from '../../src/segment/index.ts';
import { testCaptures } from '../captures.ts';

describe('requests as Segment’s libraries send them', () => testCaptures(segment, presets['selfsame']!));
