import { describe, expect, it } from 'vitest';
import { Events } from '../../src/core/events.ts';

describe('the emitter', () => {
  it('tells every listener of a name, in order, and nobody else', () => {
    const events = new Events();
    const heard: string[] = [];
    events.on('waiting', ({ id }) => heard.push(`first ${id}`));
    events.on('waiting', ({ id }) => heard.push(`second ${id}`));
    events.on('record', () => heard.push('record'));
    events.emit('waiting', { id: 'a' });
    expect(heard).toEqual(['first a', 'second a']);
  });

  it('does nothing where nobody listens', () => {
    expect(() => new Events().emit('end', { at: 0 })).not.toThrow();
  });

  it('stops telling one that was taken off', () => {
    const events = new Events();
    const heard: string[] = [];
    const off = events.on('waiting', ({ id }) => heard.push(id));
    events.emit('waiting', { id: 'a' });
    off();
    off();
    events.emit('waiting', { id: 'b' });
    expect(heard).toEqual(['a']);
  });

  it('takes off a listener that throws, reports it once, and goes on telling the others', () => {
    const reported: unknown[] = [];
    const events = new Events((error) => reported.push(error));
    const bug = new Error('a bug');
    const heard: string[] = [];
    events.on('waiting', () => {
      throw bug;
    });
    events.on('waiting', ({ id }) => heard.push(id));
    events.emit('waiting', { id: 'a' });
    events.emit('waiting', { id: 'b' });
    expect(reported).toEqual([bug]);
    expect(heard).toEqual(['a', 'b']);
  });

  it('may be listened to and left while it tells', () => {
    const events = new Events();
    const heard: string[] = [];
    const off = events.on('waiting', () => {
      off();
      events.on('waiting', ({ id }) => heard.push(`late ${id}`));
    });
    events.on('waiting', ({ id }) => heard.push(id));
    events.emit('waiting', { id: 'a' });
    events.emit('waiting', { id: 'b' });
    expect(heard).toEqual(['a', 'b', 'late b']);
  });
});
