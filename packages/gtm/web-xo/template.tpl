___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Selfsame for XO activities",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Selfsame"
  },
  "description": "For pages that move from XO Activities Tracking: the same fields, sent to your own Selfsame server.",
  "containerContexts": [
    "WEB"
  ],
  "categories": [
    "ANALYTICS",
    "PERSONALIZATION"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "GROUP",
    "name": "required",
    "displayName": "Required parameters",
    "groupStyle": "NO_ZIPPY",
    "subParams": [
      {
        "type": "TEXT",
        "name": "trackerKey",
        "displayName": "Tracker key",
        "simpleValueType": true,
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "host",
        "displayName": "Host of your server",
        "simpleValueType": true,
        "help": "In place of the region: for example id.example.com. It serves https.",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "TEXT",
        "name": "action",
        "displayName": "Action",
        "simpleValueType": true,
        "help": "view, click, add-to-cart, remove-from-cart, purchase, or one of your own.",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ]
      },
      {
        "type": "PARAM_TABLE",
        "name": "targets",
        "displayName": "Target",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "target",
              "displayName": "Target",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "targetVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ],
        "valueValidators": [
          {
            "type": "TABLE_ROW_COUNT",
            "args": [
              1,
              20
            ]
          }
        ]
      },
      {
        "type": "PARAM_TABLE",
        "name": "identities",
        "displayName": "Identities",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "identity",
              "displayName": "Identity",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                },
                {
                  "type": "REGEX",
                  "args": [
                    "^[a-z0-9]*$"
                  ]
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "identityVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ],
        "help": "Lower-case: sessionid, ecommerceid."
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "userInformation",
    "displayName": "User information",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "SELECT",
        "name": "userSegments",
        "displayName": "User segments",
        "macrosInSelect": true,
        "selectItems": [],
        "simpleValueType": true
      },
      {
        "type": "TEXT",
        "name": "userSegmentsSeparator",
        "displayName": "Separator",
        "simpleValueType": true,
        "defaultValue": ","
      },
      {
        "type": "PARAM_TABLE",
        "name": "traits",
        "displayName": "Traits",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "trait",
              "displayName": "Trait",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "traitVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ]
      }
    ]
  },
  {
    "type": "GROUP",
    "name": "activityInformation",
    "displayName": "Activity information",
    "groupStyle": "ZIPPY_CLOSED",
    "subParams": [
      {
        "type": "SELECT",
        "name": "sourceId",
        "displayName": "Source ID",
        "macrosInSelect": true,
        "selectItems": [],
        "simpleValueType": true
      },
      {
        "type": "PARAM_TABLE",
        "name": "metadatas",
        "displayName": "Metadata",
        "paramTableColumns": [
          {
            "param": {
              "type": "TEXT",
              "name": "metadata",
              "displayName": "Metadata",
              "simpleValueType": true,
              "valueValidators": [
                {
                  "type": "NON_EMPTY"
                }
              ]
            },
            "isUnique": true
          },
          {
            "param": {
              "type": "SELECT",
              "name": "metadataVal",
              "displayName": "Value",
              "macrosInSelect": true,
              "selectItems": [],
              "simpleValueType": true
            },
            "isUnique": false
          }
        ]
      },
      {
        "type": "SELECT",
        "name": "activitySegments",
        "displayName": "Activity segments",
        "macrosInSelect": true,
        "selectItems": [],
        "simpleValueType": true
      },
      {
        "type": "TEXT",
        "name": "activitySegmentsSeparator",
        "displayName": "Separator",
        "simpleValueType": true,
        "defaultValue": ","
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const copyFromWindow = require('copyFromWindow');
const callInWindow = require('callInWindow');
const createQueue = require('createQueue');
const injectScript = require('injectScript');
const logToConsole = require('logToConsole');
const makeString = require('makeString');
const makeNumber = require('makeNumber');
const getType = require('getType');

const say = createQueue('_attraqt');
const base = 'https://' + (data.host.split('/')[2] || data.host.split('/')[0]);

const isNothing = function (given) {
  const type = getType(given);
  return type === 'undefined' || type === 'null' || given === '';
};
/** Rows of a table as an object, without empty ones. */
const bag = function (rows, name, value, convert) {
  const found = {};
  (rows || []).forEach(function (row) {
    if (isNothing(row[name]) || isNothing(row[value])) return;
    found[row[name]] = convert ? convert(row[value], row[name]) : row[value];
  });
  return found;
};
/** Segments are text, also where a variable yields a list of numbers. */
const list = function (given, separator) {
  if (getType(given) !== 'array') return isNothing(given) ? [] : makeString(given).split(separator || ',');
  return given.filter(function (one) { return !isNothing(one); }).map(function (one) { return makeString(one); });
};
/** Price and quantity are numbers, also where a variable yields text, and an order's id is text where it yields a number. */
const typed = function (given, name) {
  if (['currency', 'orderId', 'market'].indexOf(name) >= 0) return makeString(given);
  if ((name !== 'price' && name !== 'quantity') || getType(given) !== 'string') return given;
  const number = makeNumber(given);
  return number === number ? number : given;
};

if (copyFromWindow('xo.activity.isInitialized') !== true)
  say(['init', { trackerKey: data.trackerKey, endpoint: base + '/xo' }]);

(data.identities || []).forEach(function (row) {
  // An identity is text, also where a variable yields a number.
  if (!isNothing(row.identity) && !isNothing(row.identityVal))
    say(['addUserIdentity', row.identity, makeString(row.identityVal)]);
});
say(['setUserSegments', list(data.userSegments, data.userSegmentsSeparator)]);
say(['setUserTraits', bag(data.traits, 'trait', 'traitVal')]);
say(['send', {
  action: isNothing(data.action) ? data.action : makeString(data.action),
  target: bag(data.targets, 'target', 'targetVal', makeString),
  sourceId: isNothing(data.sourceId) ? '' : makeString(data.sourceId),
  metadata: bag(data.metadatas, 'metadata', 'metadataVal', typed),
  segments: list(data.activitySegments, data.activitySegmentsSeparator)
}]);

// The script runs the queue when it comes; one that is there already has to be told.
if (getType(copyFromWindow('xo.activity.handleQueuedEvents')) === 'function')
  callInWindow('xo.activity.handleQueuedEvents');

injectScript(base + '/xo/xo.js', data.gtmOnSuccess, function () {
  logToConsole('Selfsame: the script could not be loaded from ' + base);
  data.gtmOnFailure();
}, 'selfsame-xo');


___WEB_PERMISSIONS___

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
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "_attraqt"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "xo.activity.isInitialized"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "xo.activity.handleQueuedEvents"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  },
                  {
                    "type": 8,
                    "boolean": true
                  }
                ]
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
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/xo/xo.js"
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
- name: one activity of a known shopper
  code: |-
    const said = [];
    mock('createQueue', function () { return function (entry) { said.push(entry); }; });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    mock('copyFromWindow', function () { return undefined; });
    runCode({
      trackerKey: '30cbb5fc-375f-4cf2-8efd-ed86d909718e', host: 'id.example.com', action: 'view',
      targets: [{target: 'product', targetVal: '123'}],
      identities: [{identity: 'sessionid', identityVal: 'session-id'}, {identity: 'ecommerceid', identityVal: 42}, {identity: 'crmid', identityVal: ''}],
      userSegments: 'new,prospect', userSegmentsSeparator: ',',
      traits: [{trait: 'age', traitVal: 45}, {trait: 'buyer', traitVal: true}, {trait: 'none', traitVal: ''}],
      sourceId: 'src-1', metadatas: [{metadata: 'price', metadataVal: '9990'}, {metadata: 'market', metadataVal: '33'}],
      activitySegments: ['mobile', 'fr']
    });
    assertThat(said).isEqualTo([
      ['init', {trackerKey: '30cbb5fc-375f-4cf2-8efd-ed86d909718e', endpoint: 'https://id.example.com/xo'}],
      ['addUserIdentity', 'sessionid', 'session-id'],
      ['addUserIdentity', 'ecommerceid', '42'],
      ['setUserSegments', ['new', 'prospect']],
      ['setUserTraits', {age: 45, buyer: true}],
      ['send', {action: 'view', target: {product: '123'}, sourceId: 'src-1', metadata: {price: 9990, market: '33'}, segments: ['mobile', 'fr']}]
    ]);
    assertApi('gtmOnSuccess').wasCalled();
- name: what is left out is empty, and empties what was set before
  code: |-
    const said = [];
    mock('createQueue', function () { return function (entry) { said.push(entry); }; });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    mock('copyFromWindow', function () { return undefined; });
    runCode({trackerKey: 'k', host: 'id.example.com', action: 'view', targets: []});
    assertThat(said.slice(1)).isEqualTo([
      ['setUserSegments', []], ['setUserTraits', {}],
      ['send', {action: 'view', target: {}, sourceId: '', metadata: {}, segments: []}]
    ]);
- name: a script that is there already is not started again, and runs the queue
  code: |-
    const said = [];
    mock('createQueue', function () { return function (entry) { said.push(entry); }; });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    mock('copyFromWindow', function (name) { return name === 'xo.activity.isInitialized' ? true : function () {}; });
    mock('callInWindow', function () {});
    runCode({trackerKey: 'k', host: 'id.example.com', action: 'view', targets: []});
    assertThat(said[0][0]).isEqualTo('setUserSegments');
    assertApi('callInWindow').wasCalledWith('xo.activity.handleQueuedEvents');
- name: what must be text is text, also where a variable yields a number
  code: |-
    const said = [];
    mock('createQueue', function () { return function (entry) { said.push(entry); }; });
    mock('injectScript', function (url, onSuccess) { onSuccess(); });

    mock('copyFromWindow', function () { return undefined; });
    runCode({
      trackerKey: 'k', host: 'id.example.com', action: 404, targets: [],
      userSegments: [7, 'new', undefined, ''],
      metadatas: [{metadata: 'orderId', metadataVal: 300014}, {metadata: 'market', metadataVal: 33}, {metadata: 'price', metadataVal: 9990}],
      activitySegments: [33]
    });
    assertThat(said.slice(1)).isEqualTo([
      ['setUserSegments', ['7', 'new']], ['setUserTraits', {}],
      ['send', {action: '404', target: {}, sourceId: '', metadata: {orderId: '300014', market: '33', price: 9990}, segments: ['33']}]
    ]);


___NOTES___

Every tag overwrites the user's segments and traits, as the original does.
