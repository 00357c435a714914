/** Sums over answers, by which a model of their times can be fitted, and tested on other answers. */
export class Moments {
  count = 0;
  ms = 0;
  msMs = 0;
  input = 0;
  output = 0;
  inputInput = 0;
  inputOutput = 0;
  outputOutput = 0;
  inputMs = 0;
  outputMs = 0;

  /** An answer that took `ms`, to so many tokens of input, with so many of output. */
  add(ms: number, input: number, output: number): void {
    this.count += 1;
    this.ms += ms;
    this.msMs += ms * ms;
    this.input += input;
    this.output += output;
    this.inputInput += input * input;
    this.inputOutput += input * output;
    this.outputOutput += output * output;
    this.inputMs += input * ms;
    this.outputMs += output * ms;
  }

  get meanMs(): number {
    return this.count > 0 ? this.ms / this.count : 0;
  }

  /** Gives all that was added half its weight. */
  halve(): void {
    this.count /= 2;
    this.ms /= 2;
    this.msMs /= 2;
    this.input /= 2;
    this.output /= 2;
    this.inputInput /= 2;
    this.inputOutput /= 2;
    this.outputOutput /= 2;
    this.inputMs /= 2;
    this.outputMs /= 2;
  }
}
