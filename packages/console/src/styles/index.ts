/** Every style, in order: what comes later may change what came before. */
import './tokens.css';
import './base.css';
import './shell.css';
import './parts/controls.css';
import './parts/states.css';
import './parts/figures.css';
import './rooms/home.css';
import './rooms/live.css';
import './rooms/people.css';
import './rooms/person.css';
import './rooms/timeline.css';
import './rooms/explain.css';
import './rooms/questions.css';
import './rooms/setup.css';
import './rooms/policy.css';
import './rooms/narrow.css';
