/** How profiles are looked up ([R1]–[R14]). Kinds are ours (`user`, not `customerid`). */
export interface DirectoryPolicy {
  readonly strategy: 'default' | 'profile_conversion' | 'profile_link' | 'profile_isolation' | 'best_match';
  /** Only these kinds are looked up, in this order. */
  readonly priority: readonly string[];
  readonly loginIds: readonly string[];
  readonly uniqueIds: readonly string[];
  readonly immutableIds: readonly string[];
  /** Kinds that belong to a device: a record may hold many values of each. */
  readonly deviceIds: readonly string[];
  /** Beyond the vendor: logout goes back to the anonymous profile this device already has instead of making one more ([R7]). */
  readonly reuseAnonymousAtLogout: boolean;
}

const userTypes = [
  'user',
  'phone',
  'email',
  'other',
  'facebook',
  'google',
  'twitter',
  'microsoft',
  'yahoo',
  'other2',
  'other3',
  'other4',
  'other5',
  'other6',
  'other7',
  'other8',
  'other9',
  'other10',
  'phone_number_2',
  'phone_number_3',
  'facebookcustomaudienceid',
  'alias',
];
const deviceTypes = [
  'ios_idfa',
  'ios_idfv',
  'android_aaid',
  'android_uuid',
  'roku_aid',
  'roku_publisher_id',
  'microsoft_publisher_id',
  'microsoft_aid',
  'amp_id',
  'push_token',
  'fire_aid',
  'device',
];

/** mParticle's five strategies with what each fixes; a project may configure the rest. */
const strategies: Readonly<Record<DirectoryPolicy['strategy'], DirectoryPolicy>> = {
  default: directory('default', ['user'], ['user']),
  profile_conversion: directory('profile_conversion', ['user'], []),
  profile_link: directory('profile_link', ['user', 'email'], []),
  profile_isolation: directory('profile_isolation', ['user', 'email'], []),
  best_match: directory('best_match', [], []),
};

function directory(
  strategy: DirectoryPolicy['strategy'],
  loginIds: readonly string[],
  immutableIds: readonly string[],
): DirectoryPolicy {
  return {
    strategy,
    priority: [...userTypes, ...deviceTypes],
    loginIds,
    uniqueIds: loginIds,
    immutableIds,
    deviceIds: deviceTypes,
    reuseAnonymousAtLogout: false,
  };
}

/** The directory of a strategy before a project configures it. */
export const directoryOf = (strategy: DirectoryPolicy['strategy']): DirectoryPolicy => strategies[strategy];
