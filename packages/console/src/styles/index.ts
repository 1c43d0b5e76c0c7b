/** What every room has, in order: what comes later may change what came before. A room brings its own styles along. */
import './tokens.css';
import './base.css';
import './shell.css';
import './parts/controls.css';
import './parts/popover.css';
import './parts/texts.css';
import './parts/states.css';
import './parts/figures.css';
