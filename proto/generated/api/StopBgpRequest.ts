// Original file: proto/gobgp/service.proto


export interface StopBgpRequest {
  'allowGracefulRestart'?: (boolean);
}

export interface StopBgpRequest__Output {
  'allowGracefulRestart': (boolean);
}
