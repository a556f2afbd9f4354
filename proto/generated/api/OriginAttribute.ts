// Original file: proto/gobgp/path.proto


export interface OriginAttribute {
  'origin'?: (number);
}

export interface OriginAttribute__Output {
  'origin': (number);
}
