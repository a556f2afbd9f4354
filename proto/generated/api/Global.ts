// Original file: proto/gobgp/service.proto


export interface Global {
  'asn'?: (number);
  'routerId'?: (string);
  'listenPort'?: (number);
  'listenAddresses'?: (string)[];
}

export interface Global__Output {
  'asn': (number);
  'routerId': (string);
  'listenPort': (number);
  'listenAddresses': (string)[];
}
