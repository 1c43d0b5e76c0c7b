export declare const wanted: string;
export declare function isRecentEnough(version: string): boolean;
