import './styles/base.css';
import './styles/page.css';
import './styles/explorer.css';
import './styles/facts.css';
import './styles/print.css';
import { render } from 'preact';
import { App } from './app.tsx';

render(<App />, document.getElementById('app') as HTMLElement);
