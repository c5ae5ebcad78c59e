/** How much is measured. */
export interface Plan {
  /** A bounded look instead of a measurement. */
  readonly quick: boolean
}
