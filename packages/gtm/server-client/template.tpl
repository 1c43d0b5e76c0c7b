___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "CLIENT",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Selfsame",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Selfsame"
  },
  "description": "Takes what pages send to their own domain on to your Selfsame server, and lets other tags see it.",
  "containerContexts": [
    "SERVER"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "TEXT",
    "name": "path",
    "displayName": "Path",
    "simpleValueType": true,
    "help": "Where pages send to, at this container's host.",
    "defaultValue": "/v1/batch",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "endpoint",
    "displayName": "Your server",
    "simpleValueType": true,
    "help": "https://id.example.com, without a slash at the end.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": [
          "^https://.*[^/]$"
        ]
      }
    ]
  },
  {
    "type": "CHECKBOX",
    "name": "runTags",
    "checkboxText": "Let other tags of this container see the events",
    "simpleValueType": true,
    "defaultValue": false
  }
]


___SANDBOXED_JS_FOR_SERVER___

const claimRequest = require('claimRequest');
const getRequestBody = require('getRequestBody');
const getRequestMethod = require('getRequestMethod');
const getRequestPath = require('getRequestPath');
const JSON = require('JSON');
const logToConsole = require('logToConsole');
const returnResponse = require('returnResponse');
const runContainer = require('runContainer');
const sendHttpRequest = require('sendHttpRequest');
const setResponseBody = require('setResponseBody');
const setResponseHeader = require('setResponseHeader');
const setResponseStatus = require('setResponseStatus');

/** Items as events that other tags understand. The batch itself goes to the server as it came. */
const tellTags = function (body) {
  const batch = JSON.parse(body);
  ((batch && batch.items) || []).forEach(function (item) {
    if (item.type !== 'track' && item.type !== 'page') return;
    const event = { event_name: item.name || 'page', event_id: item.insertId };
    const properties = item.properties || {};
    for (let name in properties) event[name] = properties[name];
    if (item.ids && item.ids.device) event.client_id = item.ids.device;
    if (item.ids && item.ids.user) event.user_id = item.ids.user;
    runContainer(event);
  });
};

if (getRequestPath() === data.path) {
  claimRequest();
  setResponseHeader('access-control-allow-origin', '*');
  setResponseHeader('access-control-expose-headers', 'retry-after');
  if (getRequestMethod() === 'OPTIONS') {
    setResponseHeader('access-control-allow-methods', 'POST, OPTIONS');
    setResponseHeader('access-control-allow-headers', 'content-type');
    setResponseStatus(204);
    returnResponse();
  } else {
    const body = getRequestBody();
    // The page's client keeps what it sent until it is told what became of it, so it is told just that.
    sendHttpRequest(data.endpoint + '/v1/batch', { method: 'POST', headers: { 'content-type': 'text/plain' }, timeout: 10000 }, body).then(function (answer) {
      setResponseStatus(answer.statusCode);
      if (answer.headers && answer.headers['retry-after']) setResponseHeader('retry-after', answer.headers['retry-after']);
      setResponseHeader('content-type', 'application/json');
      setResponseBody(answer.body || '');
      if (answer.statusCode === 200 && data.runTags) tellTags(body);
      returnResponse();
    }, function () {
      logToConsole('Selfsame: no answer from the server');
      setResponseStatus(503);
      returnResponse();
    });
  }
}


___SERVER_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "read_request",
        "versionId": "1"
      },
      "param": [
        {
          "key": "requestAccess",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "bodyAllowed",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "pathAllowed",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "headerAccess",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "queryParameterAccess",
          "value": {
            "type": 1,
            "string": "specific"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_response",
        "versionId": "1"
      },
      "param": [
        {
          "key": "writeResponseAccess",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "writeStatusAllowed",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "writeHeaderAccess",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "writeHeadersAllowed",
          "value": {
            "type": 8,
            "boolean": true
          }
        },
        {
          "key": "writeHeaderWhitelist",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "access-control-allow-headers"
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "access-control-allow-methods"
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "access-control-allow-origin"
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "access-control-expose-headers"
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "content-type"
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "headerName"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "retry-after"
                  }
                ]
              }
            ]
          }
        },
        {
          "key": "writeBodyAllowed",
          "value": {
            "type": 8,
            "boolean": true
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "return_response",
        "versionId": "1"
      },
      "param": []
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "run_container",
        "versionId": "1"
      },
      "param": []
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "send_http",
        "versionId": "1"
      },
      "param": [
        {
          "key": "allowedUrls",
          "value": {
            "type": 1,
            "string": "specific"
          }
        },
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/v1/batch"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: a batch goes to the server as it came, and its answer back to the page
  code: |-
    mock('getRequestPath', function () { return '/v1/batch'; });
    mock('getRequestMethod', function () { return 'POST'; });
    mock('getRequestBody', function () {
      return '{"key":"PUB","items":[{"type":"track","name":"Seen","insertId":"i1","ids":{"device":"d","user":"ann"},"properties":{"a":1}},{"type":"login","ids":{"user":"ann"}}]}';
    });
    mock('setResponseHeader', function () {});
    mock('setResponseBody', function () {});
    mock('setResponseStatus', function () {});
    mock('returnResponse', function () {});
    mock('claimRequest', function () {});
    mock('runContainer', function () {});

    mock('sendHttpRequest', function (url, options, body) {
      assertThat(url).isEqualTo('https://id.example.com/v1/batch');
      assertThat(body).isEqualTo(require('getRequestBody')());
      return { then: function (answered) { answered({ statusCode: 200, headers: {}, body: '{"results":[]}' }); } };
    });
    runCode({path: '/v1/batch', endpoint: 'https://id.example.com', runTags: true});
    assertApi('claimRequest').wasCalled();
    assertApi('setResponseStatus').wasCalledWith(200);
    assertApi('setResponseBody').wasCalledWith('{"results":[]}');
    assertApi('runContainer').wasCalledWith({event_name: 'Seen', event_id: 'i1', a: 1, client_id: 'd', user_id: 'ann'});
    assertApi('returnResponse').wasCalled();
- name: a server in trouble is obeyed by the page, too
  code: |-
    mock('getRequestPath', function () { return '/v1/batch'; });
    mock('getRequestMethod', function () { return 'POST'; });
    mock('getRequestBody', function () {
      return '{"key":"PUB","items":[{"type":"track","name":"Seen","insertId":"i1","ids":{"device":"d","user":"ann"},"properties":{"a":1}},{"type":"login","ids":{"user":"ann"}}]}';
    });
    mock('setResponseHeader', function () {});
    mock('setResponseBody', function () {});
    mock('setResponseStatus', function () {});
    mock('returnResponse', function () {});
    mock('claimRequest', function () {});
    mock('runContainer', function () {});

    mock('sendHttpRequest', function () {
      return { then: function (answered) { answered({ statusCode: 429, headers: { 'retry-after': '7' }, body: '' }); } };
    });
    runCode({path: '/v1/batch', endpoint: 'https://id.example.com', runTags: true});
    assertApi('setResponseStatus').wasCalledWith(429);
    assertApi('setResponseHeader').wasCalledWith('retry-after', '7');
    assertApi('runContainer').wasNotCalled();
- name: no answer is 503
  code: |-
    mock('getRequestPath', function () { return '/v1/batch'; });
    mock('getRequestMethod', function () { return 'POST'; });
    mock('getRequestBody', function () {
      return '{"key":"PUB","items":[{"type":"track","name":"Seen","insertId":"i1","ids":{"device":"d","user":"ann"},"properties":{"a":1}},{"type":"login","ids":{"user":"ann"}}]}';
    });
    mock('setResponseHeader', function () {});
    mock('setResponseBody', function () {});
    mock('setResponseStatus', function () {});
    mock('returnResponse', function () {});
    mock('claimRequest', function () {});
    mock('runContainer', function () {});

    mock('sendHttpRequest', function () { return { then: function (answered, failed) { failed(); } }; });
    runCode({path: '/v1/batch', endpoint: 'https://id.example.com'});
    assertApi('setResponseStatus').wasCalledWith(503);
- name: a preflight is answered here
  code: |-
    mock('getRequestPath', function () { return '/v1/batch'; });
    mock('getRequestMethod', function () { return 'POST'; });
    mock('getRequestBody', function () {
      return '{"key":"PUB","items":[{"type":"track","name":"Seen","insertId":"i1","ids":{"device":"d","user":"ann"},"properties":{"a":1}},{"type":"login","ids":{"user":"ann"}}]}';
    });
    mock('setResponseHeader', function () {});
    mock('setResponseBody', function () {});
    mock('setResponseStatus', function () {});
    mock('returnResponse', function () {});
    mock('claimRequest', function () {});
    mock('runContainer', function () {});

    mock('getRequestMethod', function () { return 'OPTIONS'; });
    runCode({path: '/v1/batch', endpoint: 'https://id.example.com'});
    assertApi('setResponseStatus').wasCalledWith(204);
    assertApi('sendHttpRequest').wasNotCalled();
- name: other paths are left to other clients
  code: |-
    mock('getRequestPath', function () { return '/v1/batch'; });
    mock('getRequestMethod', function () { return 'POST'; });
    mock('getRequestBody', function () {
      return '{"key":"PUB","items":[{"type":"track","name":"Seen","insertId":"i1","ids":{"device":"d","user":"ann"},"properties":{"a":1}},{"type":"login","ids":{"user":"ann"}}]}';
    });
    mock('setResponseHeader', function () {});
    mock('setResponseBody', function () {});
    mock('setResponseStatus', function () {});
    mock('returnResponse', function () {});
    mock('claimRequest', function () {});
    mock('runContainer', function () {});

    mock('getRequestPath', function () { return '/g/collect'; });
    runCode({path: '/v1/batch', endpoint: 'https://id.example.com'});
    assertApi('claimRequest').wasNotCalled();


___NOTES___

A page's client keeps an item until the server has answered for it, so this client answers nothing of its own.
