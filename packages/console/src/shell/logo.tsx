/** Two circles that turn out to be one. */
export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 30 20" width="30" height="20" aria-hidden focusable="false">
        <path d="M15 4.2a8 8 0 0 1 0 11.6a8 8 0 0 1 0-11.6z" fill="currentColor" />
        <g fill="none" stroke="currentColor" strokeWidth="2">
          <circle cx="10" cy="10" r="8" />
          <circle cx="20" cy="10" r="8" />
        </g>
      </svg>
      Selfsame
    </span>
  );
}
