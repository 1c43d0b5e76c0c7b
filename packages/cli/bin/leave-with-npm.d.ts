export declare function leaveWithNpm(): void;
